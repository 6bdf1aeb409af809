import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { Segmented } from "@/components/Segmented";
import { Activity } from "@/features/history/Activity";
import { areaOf } from "@/features/history/auditSearch";
import { AREAS } from "@/features/history/auditWords";
import type { AuditThing } from "@/features/history/useAuditLog";
import type { AuditArea } from "@/gql/graphql";

export type ActivitySearch = {
  area?: string | undefined;
  /** `all`: also what applications record. */
  events?: string | undefined;
};

const EVENTS = [
  { id: "decisions", label: "What people did" },
  { id: "all", label: "Everything" },
] as const;

/** These are of the whole workspace. */
const ELSEWHERE: ReadonlySet<AuditArea> = new Set(["WORKSPACES", "DEFINITIONS", "ENVIRONMENTS", "PRICES", "DERIVED"]);

type ProjectActivityProps = {
  workspace: string;
  projectId: string;
  search: ActivitySearch;
  thingLink: (thing: AuditThing, name: ReactNode) => ReactNode;
  onSearch: (search: ActivitySearch) => void;
};

/** What was done in a project lately, and by whom. */
export function ProjectActivity({ workspace, projectId, search, thingLink, onSearch }: ProjectActivityProps) {
  const area = areaOf(search);
  const showsAll = search.events === "all";
  const isNarrowed = area !== undefined;
  const areas = (Object.keys(AREAS) as AuditArea[]).filter((each) => !ELSEWHERE.has(each));
  return (
    <Page
      isWide
      title="Activity"
      about={<p>What was done in this project, newest first. Whatever can be undone is undone from here.</p>}
      actions={
        <>
          <Segmented
            label="Which events"
            options={EVENTS}
            value={showsAll ? "all" : "decisions"}
            onChange={(events) => onSearch({ ...search, events: events === "all" ? events : undefined })}
          />
          <Choice
            label="Of"
            value={search.area ?? ""}
            empty="everything"
            options={areas.map((each) => ({ id: each.toLowerCase(), label: AREAS[each] }))}
            onChange={(next) => onSearch({ ...search, area: next || undefined })}
          />
        </>
      }
    >
      <Activity
        workspace={workspace}
        filter={{ projectId, areas: area ? [area] : null, decisions: showsAll ? null : true }}
        thingLink={thingLink}
      >
        <EmptyState
          title={isNarrowed ? "Nothing was done of this kind" : "Nothing was done yet"}
          actions={isNarrowed && <Button onPress={() => onSearch({ events: search.events })}>Show everything</Button>}
        >
          Prompts that are written, datasets that are changed, traces that are deleted, are told here.
        </EmptyState>
      </Activity>
    </Page>
  );
}
