import { getRouteApi, Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { buttonClass } from "@/components/Button";
import { DatasetView } from "@/features/datasets/DatasetView";

const route = getRouteApi("/$workspace/projects/$projectId/datasets/$datasetId/items");

export function DatasetPage() {
  const { workspace, projectId, datasetId } = route.useParams();
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
      search={route.useSearch()}
      experiments={experiments}
      onSearch={(search) => navigate({ search, replace: true })}
      onDeleted={() =>
        navigate({ to: "/$workspace/projects/$projectId/datasets", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
