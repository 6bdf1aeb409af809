import { getRouteApi } from "@tanstack/react-router";
import { Datasets } from "@/features/datasets/Datasets";

const route = getRouteApi("/$workspace/projects/$projectId/datasets");

export function DatasetsPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Datasets
      workspace={workspace}
      projectId={projectId}
      name={search.name ?? ""}
      onSearch={(next) => navigate({ search: { ...search, name: next || undefined }, replace: true })}
      isCreating={search.create !== undefined}
      onCreating={(isOpen) => navigate({ search: { ...search, create: isOpen ? "true" : undefined }, replace: true })}
      onDatasetOpen={(datasetId) =>
        navigate({
          to: "/$workspace/projects/$projectId/datasets/$datasetId/items",
          params: { workspace, projectId, datasetId },
          search: {},
        })
      }
    />
  );
}
