"""Texts that say what they are: `floom.Markdown`, `floom.Html`, `floom.Code`. They are texts in every other way."""


class Markdown(str):
    """
    Text that is shown as Markdown.

        def report(name: str) -> floom.Markdown:
            return floom.Markdown(f"# {name}")
    """

    __slots__ = ()


class Html(str):
    """A page that is shown with its own styles, in a frame that runs no scripts and loads nothing."""

    __slots__ = ()


class Code(str):
    """Text that is shown as code: `Annotated[floom.Code, floom.Field(language="sql")]` says in which language."""

    __slots__ = ()
