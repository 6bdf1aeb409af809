import { useProjectName } from "@/features/projects/useProjectName";

/** How a project is called that something belongs to. */
export function ProjectName({ projectId }: { projectId: string }) {
  const { name, isMissing } = useProjectName(projectId);
  return isMissing ? "a deleted project" : name;
}
