import { Plus, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, rowControl } from "@/components/ListTable";
import { SectionHead } from "@/components/SectionHead";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { PriceDialog } from "@/features/prices/PriceDialog";
import { PriceLookup } from "@/features/prices/PriceLookup";
import { RepriceDialog } from "@/features/prices/RepriceDialog";
import { Repricings } from "@/features/prices/Repricings";
import { ratesText } from "@/features/prices/rates";
import { type OwnPrice, useOwnPrices } from "@/features/prices/useOwnPrices";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";

const RepricingsQuery = graphql(`
  query Repricings {
    publicPrices {
      date
      models
    }
    repricings(first: 20) {
      id
      ...Repricing
    }
  }
`);

const RemovePricesMutation = graphql(`
  mutation RemovePrices($keys: [PriceKeyInput!]!) {
    removePrices(keys: $keys)
  }
`);

/** What models cost: the public prices that the program carries, and those that the workspace sets for itself. */
export function Prices() {
  const own = useOwnPrices();
  const { data, refresh } = useWatched({ query: RepricingsQuery, variables: {}, of: { kinds: ["REPRICING"] } });
  const [, remove] = useMutation(RemovePricesMutation);
  const showDeleted = useDeletionToast();
  const [asked, setAsked] = useState<"new" | "reprice" | null>(null);
  const [removed, setRemoved] = useState<OwnPrice | null>(null);
  const onRemove = async () => {
    if (!removed) return null;
    const { id, provider, model, effectiveFrom } = removed;
    const answer = await remove({ keys: [{ provider, model, effectiveFrom }] });
    if (answer.error) return failureOf(answer.error).message;
    showDeleted({ text: `Removed the price of ${model}.`, id, kind: "price_removed" });
    own.catchUp();
    return null;
  };
  return (
    <section aria-labelledby="prices">
      <SectionHead
        id="prices"
        title="Prices of models"
        actions={
          <>
            <Button onPress={() => setAsked("reprice")}>
              <RotateCcw aria-hidden /> Price the past anew
            </Button>
            <Button kind="primary" onPress={() => setAsked("new")}>
              <Plus aria-hidden /> Set a price
            </Button>
          </>
        }
      >
        A span that comes without a cost is priced by its model and tokens. Prices of your own come before the public
        ones.
      </SectionHead>
      <PriceLookup />
      <Found what="prices" value={own.list} failure={own.list ? null : own.failure} onRetry={own.refresh}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No prices of your own">
              The public prices of {formatCount(data?.publicPrices.models ?? 0)} models, as of {data?.publicPrices.date}
              , are in force.
            </EmptyState>
          ) : (
            <ListTable
              label="Prices of your own"
              columns={columnsOf(setRemoved)}
              rows={items}
              keyOf={({ id }) => id}
              more={own.more}
            />
          )
        }
      </Found>
      <Repricings repricings={data?.repricings ?? []} />
      <PriceDialog isOpen={asked === "new"} onClose={() => setAsked(null)} onSaved={own.catchUp} />
      <RepriceDialog isOpen={asked === "reprice"} onClose={() => setAsked(null)} onBegun={refresh} />
      <ConfirmDialog
        title={`Remove the price of ${removed?.model}?`}
        act="Remove"
        isOpen={removed !== null}
        onOpenChange={() => setRemoved(null)}
        onConfirm={onRemove}
      >
        Spans that are there keep what they cost. The price can be restored from the trash.
      </ConfirmDialog>
    </section>
  );
}

const columnsOf = (onRemove: (price: OwnPrice) => void): ListColumn<OwnPrice>[] => [
  { label: "Model", cell: ({ model }) => <strong>{model}</strong> },
  { label: "Provider", cell: ({ provider }) => provider || "any" },
  { label: "US dollars per million tokens", cell: ({ rates }) => ratesText(rates) },
  {
    label: "From",
    isMinor: true,
    cell: ({ effectiveFrom }) => (effectiveFrom.startsWith("1970") ? "the beginning" : effectiveFrom.slice(0, 10)),
  },
  { label: "Set by", isMinor: true, cell: ({ setBy }) => setBy },
  {
    label: "",
    cell: (price) => (
      <div className={rowControl}>
        <IconButton label={`Remove the price of ${price.model}`} onPress={() => onRemove(price)}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
    ),
  },
];
