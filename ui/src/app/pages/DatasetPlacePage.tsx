import { getRouteApi, Navigate } from "@tanstack/react-router";
import { Skeleton } from "@/components/Skeleton";
import { DatasetView } from "@/features/datasets/DatasetView";
import { useDatasetHome } from "@/features/datasets/useDatasetHome";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";

const route = getRouteApi("/$workspace/datasets/$datasetId/items");

/** Leads to the project of a dataset; one without a project is shown here. */
export function DatasetPlacePage() {
  const { workspace, datasetId } = route.useParams();
  const { history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const projectId = useDatasetHome(datasetId);
  if (projectId === undefined) return <Skeleton label="Loading the dataset" />;
  if (projectId) {
    return (
      <Navigate
        to="/$workspace/projects/$projectId/datasets/$datasetId/items"
        params={{ workspace, projectId, datasetId }}
        search={{ history, ...search }}
        replace
      />
    );
  }
  return (
    <DatasetView
      key={datasetId}
      datasetId={datasetId}
      search={search}
      experiments={null}
      history={
        <HistoryButton
          thing={{ id: datasetId, noun: "dataset" }}
          moment={parseMoment(history)}
          onMoment={(next) => navigate({ search: { ...search, history: next } })}
        />
      }
      traceLink={() => null}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onDeleted={() => navigate({ to: "/$workspace/projects", params: { workspace }, search: {} })}
    />
  );
}
