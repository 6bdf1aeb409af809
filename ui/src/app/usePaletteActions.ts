import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Copy, Link, Monitor, Moon, Plus, Sun } from "lucide-react";
import type { PaletteEntry } from "@/app/paletteEntry";
import { writeTheme } from "@/app/theme";
import { copyAndTell } from "@/lib/copyAndTell";

type Action = Omit<PaletteEntry, "group">;

/** What can be done from where one is. */
export function usePaletteActions(): PaletteEntry[] {
  const { workspace = "default", projectId, traceId } = useParams({ strict: false });
  const search: { trace?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const openTrace = traceId ?? (typeof search.trace === "string" ? search.trace : undefined);
  const create = { create: "true" };
  const actions: Action[] = [
    {
      id: "new project",
      label: "New project",
      Icon: Plus,
      run: () => navigate({ to: "/$workspace/projects", params: { workspace }, search: create }),
    },
    {
      id: "new dashboard",
      label: "New dashboard",
      Icon: Plus,
      run: () => navigate({ to: "/$workspace/dashboards", params: { workspace }, search: create }),
    },
  ];
  if (projectId) {
    const params = { workspace, projectId };
    actions.push(
      {
        id: "new dataset",
        label: "New dataset in this project",
        Icon: Plus,
        run: () => navigate({ to: "/$workspace/projects/$projectId/datasets", params, search: create }),
      },
      {
        id: "new queue",
        label: "New annotation queue in this project",
        Icon: Plus,
        run: () => navigate({ to: "/$workspace/projects/$projectId/annotation-queues", params, search: create }),
      },
      {
        id: "new prompt",
        label: "New prompt in this project",
        Icon: Plus,
        run: () => navigate({ to: "/$workspace/projects/$projectId/prompts", params, search: create }),
      },
    );
  }
  if (projectId && openTrace) {
    const path = `/${workspace}/projects/${projectId}/traces/${openTrace}`;
    const address = new URL(path, window.location.origin).href;
    actions.push(
      {
        id: "copy trace",
        label: "Copy the link of this trace",
        Icon: Link,
        run: () => copyAndTell(address, "Copied the link of the trace."),
      },
      {
        id: "copy trace id",
        label: "Copy the ID of this trace",
        Icon: Copy,
        run: () => copyAndTell(openTrace, "Copied the ID of the trace."),
      },
    );
  }
  actions.push(
    {
      id: "copy link",
      label: "Copy the link of this page",
      Icon: Link,
      run: () => copyAndTell(window.location.href, "Copied the link of the page."),
    },
    { id: "theme light", label: "Theme: light", Icon: Sun, run: () => writeTheme("light") },
    { id: "theme dark", label: "Theme: dark", Icon: Moon, run: () => writeTheme("dark") },
    { id: "theme system", label: "Theme: as the system", Icon: Monitor, run: () => writeTheme("system") },
  );
  return actions.map((action) => ({ ...action, group: "Do" }));
}
