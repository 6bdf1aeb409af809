// The exact lines by which the first trace gets here, for the address under which this page was opened.

export type Snippet = { id: string; label: string; steps: { title: string; code: string }[] };

export function connectSnippets(origin: string, hostname: string, project: string | null): Snippet[] {
  const name = project ?? "my-first-project";
  return [
    {
      id: "python",
      label: "Python",
      steps: [
        { title: "Install the Opik SDK", code: "pip install opik" },
        { title: "Point it here", code: `export OPIK_URL_OVERRIDE=${origin}/api` },
        {
          title: "Track a function",
          code: `import opik\n\n@opik.track(project_name=${JSON.stringify(name)})\ndef answer(question: str) -> str:\n    return "42"\n\nanswer("What is the meaning of it all?")`,
        },
      ],
    },
    {
      id: "typescript",
      label: "TypeScript",
      steps: [
        { title: "Install the Opik SDK", code: "npm install opik" },
        { title: "Point it here", code: `export OPIK_URL_OVERRIDE=${origin}/api` },
        {
          title: "Record a trace",
          code: `import { Opik } from "opik";\n\nconst opik = new Opik({ projectName: ${JSON.stringify(name)} });\nconst trace = opik.trace({ name: "answer", input: { question: "Why?" } });\ntrace.update({ output: { answer: "42" } }).end();\nawait opik.flush();`,
        },
      ],
    },
    {
      id: "opentelemetry",
      label: "OpenTelemetry",
      steps: [
        {
          title: "Export over HTTP",
          code: `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}/api/v1/private/otel\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_EXPORTER_OTLP_HEADERS=${encodeHeader(name)}`,
        },
        {
          title: "Or over gRPC",
          code: `export OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:4317\nexport OTEL_EXPORTER_OTLP_PROTOCOL=grpc`,
        },
      ],
    },
  ];
}

function encodeHeader(project: string): string {
  return `"projectName=${encodeURIComponent(project)}"`;
}
