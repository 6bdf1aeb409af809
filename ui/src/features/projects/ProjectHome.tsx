import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { Page } from "@/components/Page";
import { Segmented } from "@/components/Segmented";
import { ConnectGuide } from "@/entities/connect/ConnectGuide";
import { HomeFigures } from "@/features/projects/HomeFigures";
import styles from "@/features/projects/ProjectHome.module.css";
import { useHomeFigures } from "@/features/projects/useHomeFigures";
import { graphql } from "@/gql";
import { useHotkeys } from "@/lib/hotkeys";
import { RANGES, type Range } from "@/lib/ranges";
import { useRememberedPage } from "@/lib/recents";
import { useWatched } from "@/lib/useWatched";

const ProjectHomeQuery = graphql(`
  query ProjectHome($id: ID!) {
    project(id: $id) {
      id
      name
      description
      traceCount
    }
  }
`);

export type HomeSearch = { range?: string | undefined };

type ProjectHomeProps = {
  workspace: string;
  projectId: string;
  search: HomeSearch;
  onSearch: (search: HomeSearch) => void;
  /** What people did in it. */
  activity: ReactNode;
  /** What else is looked at first, beneath each other. */
  children: ReactNode;
};

const SHOWN_RANGES = RANGES.filter(({ id }) => id === "24h" || id === "7d");

/** Where one starts in a project: how it does, what was done, and what waits. */
export function ProjectHome({ workspace, projectId, search, onSearch, activity, children }: ProjectHomeProps) {
  const range = SHOWN_RANGES.find(({ id }) => id === search.range) ?? SHOWN_RANGES[0];
  const { data, failure, refresh } = useWatched({
    query: ProjectHomeQuery,
    variables: { id: projectId },
    of: { kinds: ["PROJECT", "TRACE"], quietMs: 1_000 },
  });
  const project = data?.project;
  useRememberedPage("project", project?.name);
  if (data && !project) {
    return (
      <ErrorState title="There is no such project" message="It may have been deleted, or the address is mistyped." />
    );
  }
  const columns = (
    <div className={styles.columns}>
      <div>{activity}</div>
      <div>{children}</div>
    </div>
  );
  return (
    <Found what="project" value={project} {...{ failure, onRetry: refresh }}>
      {({ name, description, traceCount }) =>
        traceCount === 0 || !range ? (
          <Page isWide title={name} about={description}>
            <NoTraces project={name} />
            {columns}
          </Page>
        ) : (
          <Lively {...{ workspace, projectId, name, description, range }} onRange={(id) => onSearch({ range: id })}>
            {columns}
          </Lively>
        )
      }
    </Found>
  );
}

type LivelyProps = {
  workspace: string;
  projectId: string;
  name: string;
  description: string | null | undefined;
  range: Range;
  onRange: (id: string) => void;
  children: ReactNode;
};

function Lively({ workspace, projectId, name, description, range, onRange, children }: LivelyProps) {
  const { figures, failure, refresh } = useHomeFigures(projectId, range.ms);
  useHotkeys({ r: refresh });
  return (
    <Page
      isWide
      title={name}
      about={description}
      actions={
        <>
          <Segmented label="Time" options={SHOWN_RANGES} value={range.id} onChange={onRange} />
          <IconButton label="Refresh" shortcut="R" kind="plain" onPress={refresh}>
            <RotateCw aria-hidden />
          </IconButton>
        </>
      }
    >
      <Found what="figures" value={figures} {...{ failure, onRetry: refresh }}>
        {(found) => <HomeFigures {...{ workspace, projectId, range }} figures={found} />}
      </Found>
      {children}
    </Page>
  );
}

function NoTraces({ project }: { project: string }) {
  return (
    <section className={styles.first} aria-label="Send the first trace">
      <h2>No traces yet</h2>
      <p>Send the first one to this project; this page comes to life the moment it arrives.</p>
      <ConnectGuide project={project} />
    </section>
  );
}
