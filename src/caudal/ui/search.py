"""What a reader can choose from anywhere: the look of the pages, and their language."""

from typing import Final

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from caudal.kit.search.findable import Command

COMMANDS: Final = (
    Command(label=_("Dark appearance"), url_name="ui:scheme", icon="moon", posts=("scheme", "dark")),
    Command(label=_("Light appearance"), url_name="ui:scheme", icon="sun", posts=("scheme", "light")),
    Command(label=_("Appearance like the system"), url_name="ui:scheme", icon="auto", posts=("scheme", "auto")),
    *(
        Command(
            label=get_language_info(code)["name_local"].capitalize(),
            url_name="ui:language",
            icon="globe",
            posts=("language", code),
            words=(_("Language"),),
            language=code,
        )
        for code, _name in settings.LANGUAGES
    ),
)
