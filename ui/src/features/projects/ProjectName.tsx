import { useProjectName } from "@/features/projects/useProjectName";

export function ProjectName({ projectId }: { projectId: string }) {
  return useProjectName(projectId).name ?? "Project";
}
