import { CatalogPage } from "@/components/CatalogPage";
import { Choice } from "@/components/Choice";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
import { DeleteOptimizationsMutation } from "@/features/optimizations/deleteOptimizations";
import {
  OPTIMIZATION_COLUMNS,
  optimizationNameColumn,
  RARE_OPTIMIZATION_COLUMNS,
} from "@/features/optimizations/optimizationColumns";
import { STATUSES, statusOf } from "@/features/optimizations/statuses";
import { useOptimizationList } from "@/features/optimizations/useOptimizationList";
import { NEWEST_FIRST, orderOf } from "@/lib/sortOrder";

export type OptimizationsSearch = {
  name?: string | undefined;
  status?: string | undefined;
  sort?: string | undefined;
};

type OptimizationsProps = {
  workspace: string;
  projectId: string;
  search: OptimizationsSearch;
  onSearch: (search: OptimizationsSearch) => void;
};

const OPTIMIZATIONS = { one: "optimization", many: "optimizations" };

/** The searches for better prompts that a project has seen. */
export function Optimizations({ workspace, projectId, search, onSearch }: OptimizationsProps) {
  const { name = "" } = search;
  const status = statusOf(search.status)?.id ?? null;
  const order = orderOf(search.sort, NEWEST_FIRST, (sort) => onSearch({ ...search, sort }));
  return (
    <CatalogPage
      isWide
      title="Optimizations"
      kind={OPTIMIZATIONS}
      things={useOptimizationList({ projectId, name, status, sort: order.sort })}
      order={order}
      nameColumn={optimizationNameColumn(workspace, projectId)}
      columns={OPTIMIZATION_COLUMNS}
      rareColumns={RARE_OPTIMIZATION_COLUMNS}
      name={name}
      onName={(next) => onSearch({ ...search, name: next })}
      filter={{
        isSet: status !== null,
        control: (
          <Choice
            label="Status"
            value={status ?? ""}
            onChange={(next) => onSearch({ ...search, status: next || undefined })}
            empty="any"
            options={STATUSES}
          />
        ),
      }}
      onClear={() => onSearch({ sort: search.sort })}
      acts={({ ids, clear }) => (
        <DeleteChosen
          kind={OPTIMIZATIONS}
          event="optimization_deleted"
          ids={ids}
          mutation={DeleteOptimizationsMutation}
          onDeleted={clear}
        >
          Their trials stay as experiments. They can be restored from the trash.
        </DeleteChosen>
      )}
      empty={
        <>
          An optimization tries prompts over a dataset and keeps the best:{" "}
          <code>MetaPromptOptimizer(…).optimize_prompt(…)</code> of <code>opik-optimizer</code>, say.
        </>
      }
      none="Nothing matches"
    />
  );
}
