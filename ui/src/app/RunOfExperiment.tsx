import { Link, useParams } from "@tanstack/react-router";
import { writeIds } from "@/features/experiments/experimentIds";
import type { ExperimentOfTrace } from "@/features/traces/useExperimentsOfTrace";

type RunOfExperimentProps = { projectId: string; experiment: ExperimentOfTrace };

/** From a trace to an experiment that it is a run of, and to the dataset of that. */
export function RunOfExperiment({ projectId: own, experiment }: RunOfExperimentProps) {
  const { workspace = "default" } = useParams({ strict: false });
  const { id, name, datasetId, dataset } = experiment;
  const projectId = experiment.projectId ?? own;
  return (
    <>
      <Link
        to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
        params={{ workspace, projectId, datasetId }}
        search={{ experiments: writeIds([id]) }}
      >
        {name}
      </Link>
      {dataset && (
        <>
          {" over "}
          <Link
            to="/$workspace/projects/$projectId/datasets/$datasetId/items"
            params={{ workspace, projectId, datasetId }}
            search={{}}
          >
            {dataset.name}
          </Link>
        </>
      )}
    </>
  );
}
