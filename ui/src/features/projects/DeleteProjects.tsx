import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useDeleteProjects } from "@/features/projects/useDeleteProjects";

type Dialog = { projects: readonly { id: string; name: string }[]; onDeleted?: () => void };
type DeleteProjectsDialogProps = Dialog & { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** The button for those that are chosen, and the question before it. */
export function DeleteProjects(props: Dialog) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onPress={() => setAsking(true)}>
        <Trash2 aria-hidden /> Delete {props.projects.length}
      </Button>
      <DeleteProjectsDialog {...props} isOpen={isAsking} onOpenChange={setAsking} />
    </>
  );
}

export function DeleteProjectsDialog({ projects, onDeleted, ...dialog }: DeleteProjectsDialogProps) {
  const deleteProjects = useDeleteProjects();
  const [only] = projects;
  const said = projects.length === 1 ? only?.name : `${projects.length} projects`;
  const onConfirm = async () => {
    const problem = await deleteProjects(projects);
    if (!problem) onDeleted?.();
    return problem;
  };
  return (
    <ConfirmDialog title={`Delete ${said}?`} act="Delete" onConfirm={onConfirm} {...dialog}>
      What was recorded is out of reach until it is restored from the trash. Prompts, datasets and experiments stay,
      outside of all projects.
    </ConfirmDialog>
  );
}
