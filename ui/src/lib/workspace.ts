// Which workspace the page is in, as its address says. A page is of one workspace all its life: what is kept of one
// must never be shown in another, so that going to another is a page anew.

const DEFAULT = "default";
/** Clients print links below this for whoever connects a machine; the workspace stands in their query. */
const OF_CLIENTS = "opik";
/** The explorer of the API is a page beside those of the workspaces. */
const OF_EXPLORER = "graphiql.html";

export function workspaceOf({ pathname, search }: { pathname: string; search: string }): string {
  const first = decoded(pathname.split("/")[1] ?? "");
  if (first === OF_CLIENTS || first === OF_EXPLORER) return new URLSearchParams(search).get("workspace") || DEFAULT;
  return first || DEFAULT;
}

/** An address that somebody wrote by hand may have a percent sign that means nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The explorer of the API, which asks the workspace that is shown. */
export const explorerPath = (workspace: string) => `/${OF_EXPLORER}?workspace=${encodeURIComponent(workspace)}`;

export const WORKSPACE = workspaceOf(window.location);

/** Says to the server which workspace a request is about; a header has no room for letters beyond ASCII. */
export const WORKSPACE_HEADERS = { "comet-workspace": encodeURIComponent(WORKSPACE) };
