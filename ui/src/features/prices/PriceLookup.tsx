import { Search } from "lucide-react";
import { useState } from "react";
import { useClient } from "urql";
import { Button } from "@/components/Button";
import { Form, FormRow, TextField } from "@/components/Form";
import { ratesText } from "@/features/prices/rates";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Prices.module.css";

const PriceQuery = graphql(`
  query PriceInForce($provider: String!, $model: String!) {
    price(provider: $provider, model: $model) {
      version
      rates {
        item
        perMillion
      }
      tiers {
        aboveTokens
      }
    }
  }
`);

/** Which price is in force for a model now. */
export function PriceLookup() {
  const client = useClient();
  const [provider, setProvider] = useState("");
  const [model, setModel] = useState("");
  const [said, setSaid] = useState<string | null>(null);
  const onLookUp = async () => {
    const asked = { provider: provider.trim(), model: model.trim() };
    if (asked.model === "") return setSaid("Say which model.");
    const { data, error } = await client.query(PriceQuery, asked, { requestPolicy: "network-only" }).toPromise();
    if (error) return setSaid(failureOf(error).message);
    if (!data?.price) return setSaid(`Nobody has said what ${asked.model} costs: set a price.`);
    const { rates, tiers, version } = data.price;
    const parts = [ratesText(rates), ...tiers.map(({ aboveTokens }) => `another above ${aboveTokens} tokens`)];
    setSaid(`${asked.model}: ${parts.join("; ")} (${version})`);
  };
  return (
    <div className={styles.lookup}>
      <Form label="Look a price up" onSubmit={onLookUp}>
        <FormRow>
          <TextField label="Model" placeholder="gpt-4o-mini" value={model} onChange={setModel} />
          <TextField label="Provider (optional)" placeholder="openai" value={provider} onChange={setProvider} />
          <Button type="submit">
            <Search aria-hidden /> Look up
          </Button>
        </FormRow>
      </Form>
      <p role="status">{said}</p>
    </div>
  );
}
