"""The parts every page is built of: declared here, drawn in `templates/components/`, dressed in `static/css/components/`."""
