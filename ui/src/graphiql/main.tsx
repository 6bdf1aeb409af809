import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import { WORKSPACE, WORKSPACE_HEADERS } from "@/lib/workspace";
import "./page.css";

// The second page of the product: an explorer of its own API, with nothing loaded from elsewhere.
const socket = new URL("/graphql", window.location.href);
socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  headers: WORKSPACE_HEADERS,
  subscriptionUrl: socket.href,
  wsConnectionParams: { workspace: WORKSPACE },
});

const FIRST_QUERY = `# The API of these pages. ⌃⏎ (⌘⏎) runs the query.
query Projects {
  projects(first: 10) {
    nodes {
      id
      name
      traceCount
      lastUpdatedTraceAt
    }
  }
}
`;

// What `theme.js` has found is the choice made in the product, which is the only place where it is made.
const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUERY} forcedTheme={theme}>
      <GraphiQL.Logo>
        <a href={`/${encodeURIComponent(WORKSPACE)}/projects`} className="home">
          Cairn · {WORKSPACE}
        </a>
      </GraphiQL.Logo>
    </GraphiQL>,
  );
}
