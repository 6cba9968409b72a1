"""Django, set up. `bench/choose.py` imports this before anything that imports models: a plain import sorts first."""

import django

django.setup()
ready = True
