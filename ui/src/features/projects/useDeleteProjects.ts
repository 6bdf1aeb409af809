import { useMutation } from "urql";
import { useTakeBack } from "@/entities/history/useTakeBack";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatAmount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

const DeleteProjectMutation = graphql(`
  mutation DeleteProject($id: ID!) {
    deleteProject(id: $id)
  }
`);

type Project = { id: string; name: string };

/** Deletes projects one after the other, and offers the way back for those that are gone. Says what went wrong. */
export function useDeleteProjects() {
  const [, deleteProject] = useMutation(DeleteProjectMutation);
  const { undoNewest } = useTakeBack();
  const bringBack = async (gone: readonly Project[]) => {
    for (const { id } of gone) {
      const answer = await undoNewest(id, "project_deleted");
      if ("refusal" in answer) return showToast(answer.refusal);
    }
    showToast("Brought back what was deleted.");
  };
  return async (projects: readonly Project[]): Promise<string | null> => {
    const gone: Project[] = [];
    let problem: string | null = null;
    for (const project of projects) {
      const { error } = await deleteProject({ id: project.id });
      if (error) {
        problem = `${project.name}: ${failureOf(error).message}`;
        break;
      }
      gone.push(project);
    }
    const [only] = gone;
    if (!only) return problem;
    const said = gone.length === 1 ? `the project ${only.name}` : formatAmount(gone.length, PROJECTS);
    showToast(`Deleted ${said}.`, () => bringBack(gone));
    return problem;
  };
}

const PROJECTS = { one: "project", many: "projects" };
