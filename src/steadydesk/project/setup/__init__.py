"""One YAML file sets up sites, places, teams, people, duties and devices."""
