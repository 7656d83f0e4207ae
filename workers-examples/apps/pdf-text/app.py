"""Takes the text out of a PDF, without any package: `pdf.py` beside it reads the file."""

from dataclasses import dataclass
from typing import Annotated, Optional

import floom
from pdf import read_pages


@dataclass
class Page:
    number: int
    text: str


def extract(
    document: Annotated[floom.File, floom.Field(accept=[".pdf", "application/pdf"])],
    only_pages: Annotated[Optional[list[int]], floom.Field(description="Nothing here means all of them.")] = None,
    search: str = "",
) -> dict[str, object]:
    """Reads what is written in a PDF. Scanned pages are pictures and have no text.

    Args:
        document: A PDF that is not encrypted.
        search: Only pages with this word in them are shown.
    """
    pages = [Page(number, text) for number, text in enumerate(read_pages(document.read_bytes()), 1)]
    wanted = [page for page in pages if not only_pages or page.number in only_pages]
    found = [page for page in wanted if search.casefold() in page.text.casefold()]
    whole = "\n\n".join(page.text for page in found)
    return {
        "pages": found,
        "words": len(whole.split()),
        "text_file": floom.File.from_text(whole, f"{document.name.rpartition('.')[0] or 'document'}.txt"),
    }
