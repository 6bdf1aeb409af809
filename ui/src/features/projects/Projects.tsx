import { Plus, Search } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { CreateProjectDialog } from "@/features/projects/CreateProjectDialog";
import { GetStarted } from "@/features/projects/GetStarted";
import { projectColumns } from "@/features/projects/projectColumns";
import { useProjectList } from "@/features/projects/useProjectList";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";

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
    <Page
      title="Projects"
      count={list?.totalCount}
      actions={
        <>
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
          <Button kind="primary" onPress={() => setCreating(true)}>
            <Plus aria-hidden /> New project
          </Button>
        </>
      }
    >
      <Found what="projects" value={failure ? null : list} failure={failure} onRetry={projects.refresh}>
        {({ items, hasNextPage }) =>
          items.length === 0 ? (
            <EmptyState
              title="No project of that name"
              actions={<Button onPress={() => onSearch("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Projects"
              columns={projectColumns(workspace)}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={projects.isLoading}
              more={
                hasNextPage
                  ? { failure: projects.moreFailure, isLoading: projects.isLoadingMore, onMore: projects.loadMore }
                  : null
              }
            />
          )
        }
      </Found>
      <CreateProjectDialog isOpen={isCreating} onOpenChange={setCreating} onProjectCreated={onProjectOpen} />
    </Page>
  );
}
