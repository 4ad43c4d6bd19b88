"""Addresses of the screens."""

from steadydesk.screens.desk.urls import urlpatterns as desk
from steadydesk.screens.paper.urls import urlpatterns as paper
from steadydesk.screens.phone.urls import urlpatterns as phone
from steadydesk.screens.privacy.urls import urlpatterns as privacy
from steadydesk.screens.public.board import urlpatterns as board
from steadydesk.screens.public.kiosk import urlpatterns as kiosk
from steadydesk.screens.response.urls import urlpatterns as response
from steadydesk.screens.returns.urls import urlpatterns as returns
from steadydesk.screens.rota.urls import urlpatterns as rota
from steadydesk.screens.site.urls import urlpatterns as site
from steadydesk.screens.wall import urlpatterns as wall

# Returns first: an action on a visit is whatever stands after its number.
urlpatterns = [*returns, *desk, *response, *site, *privacy, *wall, *board, *kiosk, *paper, *phone, *rota]
