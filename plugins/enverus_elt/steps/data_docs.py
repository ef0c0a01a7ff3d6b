"""Data Docs of one run as one self-contained page: Great Expectations' own sections, nothing loaded from elsewhere."""

from typing import Any

from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from enverus_elt.paths import DATA_DOCS_PAGE


class OfflinePageView(DefaultJinjaPageView):
    """Great Expectations' page view with the project's page around the sections."""

    def __init__(self) -> None:
        super().__init__()
        own = FileSystemLoader(DATA_DOCS_PAGE)
        self.env.loader = ChoiceLoader([own, *filter(None, [self.env.loader])])


def render_page(result: Any, heading: str, summary: str) -> str:
    """The page of a validation result, as HTML."""
    document = ValidationResultsPageRenderer().render(result)
    view: Any = OfflinePageView()  # its methods carry no types
    return str(view.render(document, heading=heading, summary=summary))
