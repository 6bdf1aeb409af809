import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Trash, type TrashSearch } from "@/features/history/Trash";
import { useProjectName } from "@/features/projects/useProjectName";

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
      projectName={(id) => <NameOf projectId={id} />}
      onSearch={(search) => navigate({ to: ".", search: { ...search }, replace: true })}
    />
  );
}

function NameOf({ projectId }: { projectId: string }) {
  const { name, isMissing } = useProjectName(projectId);
  return isMissing ? "a deleted project" : name;
}
