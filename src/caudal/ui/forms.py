"""Forms in our look: `{{ form }}` draws labels above, help and errors under, and a summary that links to fields."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Named by `FORM_RENDERER`, so that every form and form set of the site is drawn by our templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field_group.html"
