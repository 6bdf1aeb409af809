import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ProjectName } from "@/app/ProjectName";
import { Trash, type TrashSearch } from "@/features/history/Trash";

/** Of a project, or of the workspace, by the address. */
export function TrashPage() {
  const { projectId } = useParams({ strict: false });
  const { kind, thing, history }: TrashSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <Trash
      key={projectId}
      projectId={projectId ?? null}
      search={{ kind, thing, history }}
      projectName={(id) => <ProjectName projectId={id} />}
      onSearch={(search) => navigate({ to: ".", search: { ...search }, replace: true })}
    />
  );
}
