import { getRouteApi, Navigate } from "@tanstack/react-router";
import { Skeleton } from "@/components/Skeleton";
import { useProjectOfName } from "@/features/projects/useProjectOfName";

const route = getRouteApi("/$workspace/redirect/projects");

/** Leads to the project of a name; where there is none, to the projects whose names are like it. */
export function ProjectPlacePage() {
  const { workspace } = route.useParams();
  const { name } = route.useSearch();
  const projectId = useProjectOfName(name ?? "");
  if (projectId === undefined) return <Skeleton label="Loading the project" />;
  return projectId ? (
    <Navigate to="/$workspace/projects/$projectId/logs" params={{ workspace, projectId }} search={{}} replace />
  ) : (
    <Navigate to="/$workspace/projects" params={{ workspace }} search={{ name }} replace />
  );
}
