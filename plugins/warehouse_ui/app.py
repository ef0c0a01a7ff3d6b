"""The application behind ``/warehouse``: plain pages, rendered by the server, behind Airflow's own login."""

from urllib.parse import urlencode

from airflow.configuration import conf
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from warehouse_ui import batch_page, dataset_page, documents, overview_page
from warehouse_ui.rendering import FOLDER, page

app = FastAPI(title="Warehouse", docs_url=None, redoc_url=None, openapi_url=None)
for module in (overview_page, dataset_page, batch_page, documents):
    app.include_router(module.router)
app.mount("/static", StaticFiles(directory=FOLDER / "static"))  # styles and scripts: nothing of the warehouse's


@app.exception_handler(HTTPException)
def explain(request: Request, error: HTTPException) -> Response:
    """A person without a session is led to the login and back; everything else is a sentence."""
    is_person = "text/html" in request.headers.get("accept", "")
    if error.status_code == 401 and is_person:
        login = f"{conf.get('api', 'base_url').rstrip('/')}/api/v2/auth/login"
        return RedirectResponse(f"{login}?{urlencode({'next': str(request.url)})}")
    if is_person:
        return page(request, "error.html", error.status_code, error=error)
    return PlainTextResponse(str(error.detail), error.status_code)
