"""What gives package objects the method `format`; what that does is in `formatting`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.package.formatting import StringFormatType


class Formatted:
    """Gives a class the method `format`; names that the object does not have stay as they are."""

    def format(
        self, s: str, pretty: bool | None = None, expand: StringFormatType | None = None
    ) -> str:
        """The text with each `{name}` replaced by that attribute of this object.

        Args:
            s: The text.
            pretty: See `ObjectStringFormatter`; None: True.
            expand: See there; None: such names stay as they are.

        Raises:
            ValueError: The braces in the text do not match.
        """
        # deferred: it brings regular expressions, and few packages are asked
        from rezfast.package.formatting import ObjectStringFormatter, StringFormatType

        formatter = ObjectStringFormatter(
            self,
            pretty=True if pretty is None else pretty,
            expand=StringFormatType.unchanged if expand is None else expand,
        )
        return formatter.format(s)
