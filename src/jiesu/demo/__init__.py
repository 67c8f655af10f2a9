"""The made-up city 雄关市: its files (``city``), its loading (``load``), its orders (``roads``, ``simulate``)."""
