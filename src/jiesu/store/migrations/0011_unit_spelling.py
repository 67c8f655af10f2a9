"""Units are found by the letters of their names, as places and matters are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from pypinyin import Style, lazy_pinyin


def spell(apps: Any, editor: Any) -> None:
    """Units that a city has already; those that it adds are spelt by ``store.spelling.fill``."""
    unit = apps.get_model("store", "Unit")
    for one in unit.objects.filter(pinyin=""):
        for field, style, longest in (("pinyin", Style.NORMAL, 200), ("initials", Style.FIRST_LETTER, 40)):
            letters = "".join(lazy_pinyin(one.short, style=style)).lower()
            setattr(one, field, "".join(each for each in letters if each.isascii() and each.isalnum())[:longest])
        one.save(update_fields=["pinyin", "initials"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0010_prints")]
    operations: ClassVar = [
        migrations.AddField("unit", "pinyin", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField("unit", "initials", models.CharField(blank=True, default="", max_length=80)),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
