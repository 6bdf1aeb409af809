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
      search={search}
      onSearch={(next) => navigate({ search: next, replace: true })}
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
