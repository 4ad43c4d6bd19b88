"""Django, with what the layers below are handed at start."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steadydesk.project.settings")
application = get_wsgi_application()
