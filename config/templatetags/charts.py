"""`{% load charts %}`: sparkline, line_chart, bar_chart, funnel."""

from django.template import Library

from config.components import charts
from config.components.tags import register as register_components

register = Library()
register_components(register, charts.COMPONENTS)
