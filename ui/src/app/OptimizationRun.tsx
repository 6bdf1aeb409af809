import { Link, useNavigate } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { buttonClass } from "@/components/Button";
import { writeIds } from "@/features/experiments/experimentIds";
import {
  type OptimizationLinks,
  type OptimizationSearch,
  OptimizationView,
} from "@/features/optimizations/OptimizationView";

type OptimizationRunProps = {
  workspace: string;
  /** Null where it stands outside of all projects: then its trials may be in some. */
  projectId: string | null;
  optimizationId: string;
  search: OptimizationSearch;
  onSearch: (search: OptimizationSearch) => void;
};

/** The page of an optimization with its ways to datasets and experiments. */
export function OptimizationRun({ workspace, projectId, optimizationId, ...props }: OptimizationRunProps) {
  const navigate = useNavigate();
  return (
    <OptimizationView
      key={optimizationId}
      optimizationId={optimizationId}
      links={linksOf(workspace, projectId)}
      onDeleted={() => {
        if (projectId) {
          navigate({
            to: "/$workspace/projects/$projectId/optimizations",
            params: { workspace, projectId },
            search: {},
          });
        } else navigate({ to: "/$workspace/projects", params: { workspace }, search: {} });
      }}
      onExperiment={({ id, datasetId, projectId: home }) => {
        const place = projectId ?? home;
        if (!place) return;
        navigate({
          to: "/$workspace/projects/$projectId/experiments/$datasetId/compare",
          params: { workspace, projectId: place, datasetId },
          search: { experiments: writeIds([id]) },
        });
      }}
      {...props}
    />
  );
}

const linksOf = (workspace: string, projectId: string | null): OptimizationLinks => ({
  dataset: (datasetId, name) =>
    projectId ? (
      <Link
        to="/$workspace/projects/$projectId/datasets/$datasetId/items"
        params={{ workspace, projectId, datasetId }}
        search={{}}
      >
        {name}
      </Link>
    ) : (
      name
    ),
  experiment: ({ id, datasetId, projectId: home }, label) => {
    const place = projectId ?? home;
    return place ? (
      <Link
        to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
        params={{ workspace, projectId: place, datasetId }}
        search={{ experiments: writeIds([id]) }}
      >
        {label}
      </Link>
    ) : (
      label
    );
  },
  comparison: (datasetId, ids) =>
    projectId && (
      <Link
        to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
        params={{ workspace, projectId, datasetId }}
        search={{ experiments: writeIds(ids) }}
        className={buttonClass()}
      >
        <GitCompareArrows aria-hidden /> Compare the best with the initial
      </Link>
    ),
});
