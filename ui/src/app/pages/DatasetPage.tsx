import { getRouteApi, Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { TraceLink } from "@/app/TraceLink";
import { buttonClass } from "@/components/Button";
import { DatasetView } from "@/features/datasets/DatasetView";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";

const route = getRouteApi("/$workspace/projects/$projectId/datasets/$datasetId/items");

export function DatasetPage() {
  const { workspace, projectId, datasetId } = route.useParams();
  const { history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const experiments = (
    <Link
      to="/$workspace/projects/$projectId/experiments"
      params={{ workspace, projectId }}
      search={{ dataset: datasetId }}
      className={buttonClass()}
    >
      <FlaskConical aria-hidden /> Experiments
    </Link>
  );
  return (
    <DatasetView
      key={datasetId}
      datasetId={datasetId}
      search={search}
      experiments={experiments}
      history={
        <HistoryButton
          thing={{ id: datasetId, noun: "dataset" }}
          moment={parseMoment(history)}
          onMoment={(next) => navigate({ search: { ...search, history: next } })}
        />
      }
      traceLink={(traceId) => <TraceLink projectId={projectId} traceId={traceId} />}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onDeleted={() =>
        navigate({ to: "/$workspace/projects/$projectId/datasets", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
