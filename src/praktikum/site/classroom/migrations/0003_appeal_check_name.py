"""An appeal can be about one check."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("classroom", "0002_secret_fingerprint")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="appeal",
            name="check_name",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
    ]
