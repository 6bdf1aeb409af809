"""A model that answers by a script, over the HTTP API that OpenAI's clients speak: no vendor, no network, no chance.

It answers the same request with the same answer. What it says of Cairn: nothing.
"""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CREATED = 1_772_600_767
ANSWERING_MODEL = {"gpt-4o-mini": "gpt-4o-mini-2024-07-18", "gpt-4o": "gpt-4o-2024-08-06"}
USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 500,
    "total_tokens": 1500,
    "prompt_tokens_details": {"cached_tokens": 200, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
ANSWER = "It is sunny in Bern."
TOOL_ARGUMENTS = '{"city": "Bern"}'
TOOL_CALL_ID = "call_1"
VECTOR = [0.5, -0.25, 0.125]
REFUSAL = "the script refuses this prompt"


class ScriptedModel:
    """Serves until it is closed. A prompt with `fail` in it is refused; with tools on offer the first one is called.

    What `script` says to a request is the answer to it, unless that is nothing.
    """

    def __init__(self, script: Callable[[dict], str | None] = lambda _: None):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.script = script
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802, the name that http.server looks for
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/v1/embeddings":
            return self.reply(200, embeddings(request))
        if self.path != "/v1/chat/completions":
            return self.reply(404, failure(f"nothing at `{self.path}`", "not_found_error"))
        scripted = self.server.script(request)
        if scripted is not None:
            return self.reply(200, completion(request, {"role": "assistant", "content": scripted, "refusal": None}))
        if "fail" in text_of(request["messages"][-1].get("content")):
            return self.reply(400, failure(REFUSAL, "invalid_request_error"))
        if request.get("stream"):
            return self.stream(chunks(request))
        return self.reply(200, completion(request))

    def reply(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def stream(self, parts: Iterator[dict]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for part in parts:
            self.wfile.write(f"data: {json.dumps(part)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """The test's own output is enough."""


def failure(message: str, kind: str) -> dict:
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def text_of(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content)


def message(request: dict) -> dict:
    """A tool is called once: what it gave is answered with text."""
    if request.get("tools") and request["messages"][-1]["role"] != "tool":
        function = {"name": request["tools"][0]["function"]["name"], "arguments": TOOL_ARGUMENTS}
        call = {"id": TOOL_CALL_ID, "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    schema = request.get("response_format", {}).get("json_schema", {}).get("schema")
    if schema:
        said = "nonsense" not in text_of(request["messages"][-1].get("content"))
        return {"role": "assistant", "content": json.dumps(filled(schema, schema, said)), "refusal": None}
    return {"role": "assistant", "content": ANSWER, "refusal": None}


def filled(part: dict, schema: dict, said: bool) -> object:
    """A value of a schema."""
    if "$ref" in part:
        return filled(schema["$defs"][part["$ref"].rsplit("/", 1)[-1]], schema, said)
    if part.get("type") == "object":
        return {name: filled(inner, schema, said) for name, inner in part.get("properties", {}).items()}
    return {"boolean": said, "string": "by the script", "number": 1.0, "integer": 1}.get(part.get("type"))


def head(request: dict, kind: str) -> dict:
    model = ANSWERING_MODEL.get(request["model"], request["model"])
    return {"id": "chatcmpl-1", "object": kind, "created": CREATED, "model": model}


def completion(request: dict, said: dict | None = None) -> dict:
    said = said or message(request)
    reason = "tool_calls" if "tool_calls" in said else "stop"
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": reason}
    return {**head(request, "chat.completion"), "choices": [choice], "usage": USAGE}


def chunks(request: dict) -> Iterator[dict]:
    start = head(request, "chat.completion.chunk")

    def part(delta: dict, reason: str | None = None) -> dict:
        return {**start, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    said = message(request)
    yield part({"role": "assistant", "content": ""})
    if "tool_calls" in said:
        yield part({"tool_calls": [{"index": 0, **said["tool_calls"][0]}]})
        yield part({}, "tool_calls")
    else:
        words = said["content"].split(" ")
        for at, word in enumerate(words):
            yield part({"content": word if at == 0 else f" {word}"})
        yield part({}, "stop")
    if request.get("stream_options", {}).get("include_usage"):
        yield {**start, "choices": [], "usage": USAGE}


def embeddings(request: dict) -> dict:
    texts = request["input"] if isinstance(request["input"], list) else [request["input"]]
    rows = [{"object": "embedding", "index": at, "embedding": VECTOR} for at, _ in enumerate(texts)]
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    return {"object": "list", "data": rows, "model": request["model"], "usage": usage}
