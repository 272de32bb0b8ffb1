"""A web server as it must not be, for controls: it says that ops are saved, then saves them."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

from workbench.wsgi import application as workbench

_later = ThreadPoolExecutor(1)


def application(environ, start_response):
    if not environ["PATH_INFO"].endswith("/ops/"):
        return workbench(environ, start_response)
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    _later.submit(_save, environ | {"wsgi.input": io.BytesIO(body)})
    start_response("200 OK", [("Content-Type", "application/json")])
    results = [{"op_id": op["op_id"], "status": "applied"} for op in json.loads(body)["ops"]]
    return [json.dumps({"results": results}).encode()]


def _save(environ):
    answer = workbench(environ, lambda *head: None)
    b"".join(answer)
    answer.close()
