import { type UseNavigateResult, useNavigate } from "@tanstack/react-router";
import {
  Database,
  FlaskConical,
  LayoutDashboard,
  type LucideIcon,
  MessageSquareQuote,
  MessageSquareText,
  Route,
  Star,
} from "lucide-react";
import type { PaletteEntry } from "@/app/paletteEntry";
import { useDashboardMatches } from "@/features/dashboards/useDashboardMatches";
import { useDatasetMatches } from "@/features/datasets/useDatasetMatches";
import { useExperimentMatches } from "@/features/experiments/useExperimentMatches";
import { usePromptMatches } from "@/features/prompts/usePromptMatches";
import { type Hit, KIND_NAMES, placeOf, titleOf } from "@/features/search/hit";
import { useSearchMatches } from "@/features/search/useSearchMatches";
import { useTraceMatches } from "@/features/traces/useTraceMatches";
import type { SearchKind } from "@/gql/graphql";
import { useDebounced } from "@/lib/useDebounced";

const STILL_MS = 180;
const SHORTEST_CHARS = 2;

type Options = { words: string; workspace: string; projectId: string | undefined };

/** What the server finds for the words, by name and by content; each kind is there as soon as it is found. */
export function usePaletteFinds({ words, workspace, projectId }: Options) {
  const navigate = useNavigate();
  const settled = useDebounced(words, STILL_MS);
  const asked = words.length >= SHORTEST_CHARS ? settled : "";
  const traces = useTraceMatches(projectId, asked);
  const texts = useSearchMatches(asked, projectId === undefined);
  const named = [
    ...promptEntries(usePromptMatches(asked), workspace, navigate),
    ...datasetEntries(useDatasetMatches(asked), workspace, navigate),
    ...experimentEntries(useExperimentMatches(asked), workspace, navigate),
    ...dashboardEntries(useDashboardMatches(asked), workspace, navigate),
    // Until the answer is there, what was found before is offered if it fits.
  ].filter(({ label }) => label.toLowerCase().includes(words.toLowerCase()));
  const ids = new Set(named.map(({ id }) => id));
  // What its name has shown already is not shown twice.
  const written = textEntries(texts.matches, workspace, navigate).filter(({ id }) => !ids.has(id));
  const recorded = traces.matches.map(({ traceId, spanId, name, note }): PaletteEntry => {
    const params = { workspace, projectId: projectId ?? "", traceId };
    const search = spanId ? { span: spanId } : {};
    return {
      id: `trace ${traceId}`,
      group: "Found in this project",
      label: name,
      note,
      Icon: Route,
      run: () => navigate({ to: "/$workspace/projects/$projectId/traces/$traceId", params, search }),
    };
  });
  const hits = [...written, ...recorded];
  const isSearching = traces.isSearching || texts.isSearching || (words.length >= SHORTEST_CHARS && settled !== words);
  return { named, hits, isSearching };
}

type Go = UseNavigateResult<string>;
type Named = { id: string; name: string };
type Home = { project?: Named | null | undefined };

function promptEntries(found: readonly (Named & { project: Named })[], workspace: string, go: Go): PaletteEntry[] {
  return found.map(({ id, name, project }) => ({
    id: `prompt ${id}`,
    group: "Prompts",
    label: name,
    note: project.name,
    Icon: MessageSquareQuote,
    run: () =>
      go({
        to: "/$workspace/projects/$projectId/prompts/$promptId",
        params: { workspace, projectId: project.id, promptId: id },
        search: {},
      }),
  }));
}

function datasetEntries(found: readonly (Named & Home)[], workspace: string, go: Go): PaletteEntry[] {
  return found.map(({ id, name, project }) => ({
    id: `dataset ${id}`,
    group: "Datasets",
    label: name,
    note: project?.name,
    Icon: Database,
    run: () => go({ to: "/$workspace/datasets/$datasetId/items", params: { workspace, datasetId: id }, search: {} }),
  }));
}

type FoundExperiment = Named & Home & { datasetId: string };

function experimentEntries(found: readonly FoundExperiment[], workspace: string, go: Go): PaletteEntry[] {
  return found.map(({ id, name, project, datasetId }) => ({
    id: `experiment ${id}`,
    group: "Experiments",
    label: name,
    note: project?.name,
    Icon: FlaskConical,
    run: () =>
      go({
        to: "/$workspace/experiments/$datasetId/compare",
        params: { workspace, datasetId },
        search: { experiments: JSON.stringify([id]) },
      }),
  }));
}

const ICONS: Record<SearchKind, LucideIcon> = {
  TRACE: Route,
  SPAN: Route,
  PROMPT: MessageSquareQuote,
  PROMPT_VERSION: MessageSquareQuote,
  DATASET: Database,
  DATASET_ITEM: Database,
  EXPERIMENT: FlaskConical,
  COMMENT: MessageSquareText,
  SCORE: Star,
};
const SNIPPET_CHARS_MAX = 120;

function textEntries(found: readonly Hit[], workspace: string, go: Go): PaletteEntry[] {
  return found.flatMap((hit) => {
    const place = placeOf(hit, workspace);
    if (!place) return [];
    // That the words stand in the name is seen.
    const snippet = hit.snippets.find(({ field }) => field !== "name")?.text ?? "";
    const note = [KIND_NAMES[hit.kind], snippet.replace(/\s+/g, " ").slice(0, SNIPPET_CHARS_MAX)];
    return {
      // As it is called where it is found by its name.
      id: hit.kind === "DATASET_ITEM" ? hit.key : `${hit.kind.toLowerCase()} ${hit.id}`,
      group: "Found in texts",
      label: titleOf(hit),
      note: note.filter(Boolean).join(" · "),
      Icon: ICONS[hit.kind],
      run: () => go(place),
    };
  });
}

function dashboardEntries(found: readonly Named[], workspace: string, go: Go): PaletteEntry[] {
  return found.map(({ id, name }) => ({
    id: `dashboard ${id}`,
    group: "Dashboards",
    label: name,
    Icon: LayoutDashboard,
    run: () => go({ to: "/$workspace/dashboards/$dashboardId", params: { workspace, dashboardId: id }, search: {} }),
  }));
}
