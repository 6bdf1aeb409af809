// The exact lines by which the first trace gets here, for the address under which this page was opened.

export type Step = { title: string; code: string };
export type Snippet = { id: string; label: string; steps: Step[] };

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

/** How an agent of one's own machine is connected, so that it can be asked to work from here. */
export function agentSteps(origin: string, project: string): Step[] {
  const quoted = /^[\w.-]+$/.test(project) ? project : `'${project.replaceAll("'", "'\\''")}'`;
  return [
    { title: "Install the Opik SDK", code: "pip install opik" },
    { title: "Point it here", code: `export OPIK_URL_OVERRIDE=${origin}/api` },
    {
      title: "Mark the function to call, in agent.py, and keep the program running",
      code: `import time\nimport opik\n\n@opik.track(entrypoint=True)\ndef answer(question: str) -> str:\n    """Answers a question."""\n    return "42"\n\nwhile True:\n    time.sleep(1)`,
    },
    { title: "Start it through the client", code: `opik endpoint --project ${quoted} --headless -- python agent.py` },
  ];
}

function encodeHeader(project: string): string {
  return `"projectName=${encodeURIComponent(project)}"`;
}
