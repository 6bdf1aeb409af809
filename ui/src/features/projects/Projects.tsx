import { Plus, Search } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { SearchBox } from "@/components/SearchBox";
import { Skeleton } from "@/components/Skeleton";
import { CreateProjectDialog } from "@/features/projects/CreateProjectDialog";
import { GetStarted } from "@/features/projects/GetStarted";
import { ProjectRow } from "@/features/projects/ProjectRow";
import { useProjectList } from "@/features/projects/useProjectList";
import { focusBox } from "@/lib/focusBox";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Projects.module.css";

type ProjectsProps = {
  workspace: string;
  name: string;
  onSearch: (name: string) => void;
  onProjectOpen: (id: string) => void;
};

export function Projects({ workspace, name, onSearch, onProjectOpen }: ProjectsProps) {
  const [isCreating, setCreating] = useState(false);
  const searchBox = useRef<HTMLInputElement>(null);
  const projects = useProjectList(name);
  const { list, failure } = projects;
  useHotkeys({ "/": () => focusBox(searchBox) });
  if (list && list.totalCount === 0 && name === "" && !failure) return <GetStarted isWaiting />;
  return (
    <div className={styles.page}>
      <div className={styles.inner}>
        <header className={styles.head}>
          <h1>Projects {list && <small>{formatCount(list.totalCount)}</small>}</h1>
          <div className={styles.search}>
            <SearchBox
              label="Search projects"
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={onSearch}
            />
          </div>
          <Button kind="primary" onPress={() => setCreating(true)}>
            <Plus aria-hidden /> New project
          </Button>
        </header>
        <div className={styles.frame} aria-busy={projects.isLoading}>
          {failure ? (
            <ErrorState title="The projects could not be read" message={failure.message} onRetry={projects.refresh} />
          ) : list === null ? (
            <Skeleton label="Loading projects" />
          ) : list.items.length === 0 ? (
            <EmptyState
              title="No project of that name"
              actions={<Button onPress={() => onSearch("")}>Clear search</Button>}
            />
          ) : (
            <ProjectTable workspace={workspace} projects={projects} />
          )}
        </div>
      </div>
      <CreateProjectDialog isOpen={isCreating} onOpenChange={setCreating} onProjectCreated={onProjectOpen} />
    </div>
  );
}

function ProjectTable({ workspace, projects }: { workspace: string; projects: ReturnType<typeof useProjectList> }) {
  const { list, moreFailure } = projects;
  return (
    <>
      <table className={styles.table} aria-label="Projects">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={styles.number}>
              Traces
            </th>
            <th scope="col">Last activity</th>
            <th scope="col" className={styles.wide}>
              Created
            </th>
            <th scope="col" className={styles.wide}>
              Created by
            </th>
          </tr>
        </thead>
        <tbody>
          {list?.items.map((project) => (
            <ProjectRow key={project.id} workspace={workspace} project={project} />
          ))}
        </tbody>
      </table>
      {list?.hasNextPage && (
        <div className={styles.more}>
          {moreFailure && <span role="alert">{moreFailure.message}</span>}
          <Button onPress={projects.loadMore} isDisabled={projects.isLoadingMore}>
            {projects.isLoadingMore ? "Loading…" : "Load more"}
          </Button>
        </div>
      )}
    </>
  );
}
