"""Pictures made small, for pages on slow lines and for paper."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

_MOST_PIXELS: Final = 80_000_000
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")


def thumbnail(content: bytes, within: tuple[int, int], *, quality: int = 78) -> bytes | None:
    """The picture as a JPEG that fits into ``within`` pixels, upright, without what the camera wrote beside it.

    None when it is no picture, or one too large to be opened.
    """
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            picture.draft("RGB", within)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail(within)
            return _jpeg(upright, quality)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    ground = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    ground.paste(seen, mask=seen)
    written = BytesIO()
    ground.save(written, "JPEG", quality=quality)
    return written.getvalue()
