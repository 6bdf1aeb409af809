//! Whether what people look for comes first: small collections with judged answers, measured by nDCG@10 (Järvelin and
//! Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002).

use cairn_core::query::Predicate;

use super::*;

/// Documents as name and output, and questions with the grades (2 is what was meant, 1 is of use) of documents.
struct Golden {
    language: &'static str,
    documents: &'static [(&'static str, &'static str)],
    questions: &'static [(&'static str, &'static [(usize, u32)])],
}

const GOLDEN: &[Golden] = &[
    Golden {
        language: "English",
        documents: &[
            ("refund_agent", "The customer asks for a refund of order 1881, which arrived broken."),
            ("refund_agent", "Refund approved. The money is back on the card within five days."),
            ("shipping_agent", "The parcel is late; the customer wants to know where the order is."),
            ("router", "Intent: refund. Passing the conversation to the refund agent."),
            ("summarise", "The report is about interest rates, inflation, and a refund of taxes in passing."),
            ("weather", "It will rain in Lisbon tomorrow, with strong wind from the north."),
            ("sql_agent", "SELECT count(*) FROM orders WHERE status = 'late'"),
            ("rate_limit", "Error: rate limit exceeded for gpt-4o, retry after 20 seconds."),
            ("retry", "The request was sent again after the rate limit; it succeeded."),
            ("translate", "Bonjour, votre commande est en retard."),
            ("weather", "The wind turbine report: output is up, rates of failure are down."),
            ("cancel_agent", "The customer cancels the subscription; no refund is due."),
        ],
        questions: &[
            ("refund order", &[(0, 2)]),
            ("refund", &[(3, 2), (0, 2), (1, 2), (11, 1), (4, 1)]),
            ("\"rate limit\"", &[(7, 2), (8, 2)]),
            ("rain lisbon", &[(5, 2)]),
            ("subscr*", &[(11, 2)]),
            ("custmer~ late", &[(2, 2)]),
        ],
    },
    Golden {
        language: "Chinese",
        documents: &[
            ("客服", "客户要求退款,订单在运输中损坏了。"),
            ("客服", "退款已经批准,款项将在五天内退回。"),
            ("物流", "包裹延误,客户想知道订单在哪里。"),
            ("天气", "北京明天有雨,风力较大。"),
            ("天气", "东京今天晴,北风。"),
            ("摘要", "报告讨论了利率和通货膨胀,并提到税款。"),
            ("翻译", "京都和东山的旅行计划。"),
            ("限流", "请求过多:达到速率限制,请稍后重试。"),
            ("搜索", "南京大学的论文检索结果。"),
            ("取消", "客户取消订阅,不需要退款。"),
        ],
        questions: &[
            ("退款", &[(1, 2), (0, 2), (9, 1)]),
            ("北京", &[(3, 2)]),
            ("订单", &[(0, 2), (2, 2)]),
            ("速率限制", &[(7, 2)]),
            ("京都", &[(6, 2)]),
        ],
    },
    Golden {
        language: "Japanese",
        documents: &[
            ("返金", "お客様は注文の返金を希望しています。"),
            ("返金", "返金は承認されました。五日以内に振り込まれます。"),
            ("配送", "荷物が遅れています。注文の状況を確認します。"),
            ("天気", "東京タワーの天気は明日雨です。"),
            ("天気", "京都は晴れ、北風が強いです。"),
            ("要約", "レポートは金利とインフレについて述べています。"),
            ("制限", "レート制限に達しました。後で再試行してください。"),
            ("旅行", "ガソリンの価格と東山の旅行。"),
            ("解約", "お客様は解約しました。返金はありません。"),
            ("検索", "ﾚｰﾄ制限の文書を検索しました。"),
        ],
        questions: &[
            ("返金", &[(0, 2), (1, 2), (8, 1)]),
            ("東京", &[(3, 2)]),
            ("レート制限", &[(6, 2), (9, 2)]),
            ("ｶﾞｿﾘﾝ", &[(7, 2)]),
            ("注文", &[(0, 2), (2, 2)]),
        ],
    },
    Golden {
        language: "Arabic",
        documents: &[
            ("استرداد", "يطلب العميل استرداد المبلغ لأن الطلب وصل مكسورًا."),
            ("استرداد", "تمت الموافقة على الاسترداد خلال خمسة أيام."),
            ("شحن", "تأخرت الشحنة ويريد العميل معرفة مكان الطلب."),
            ("طقس", "سَتُمْطِرُ غدًا في بيروت مع رياح قوية."),
            ("طقس", "الطقس مشمس في القاهرة اليوم."),
            ("ملخص", "يتناول التقرير أسعار الفائدة والتضخم."),
            ("ترجمة", "مرحبًا، السَّلامُ عليكم."),
            ("حد", "تم تجاوز حد المعدل، أعد المحاولة لاحقًا."),
            ("بحث", "نتائج البحث عن مدرسة أحمد."),
            ("إلغاء", "ألغى العميل الاشتراك ولا يستحق استرداد المبلغ."),
        ],
        questions: &[
            ("استرداد", &[(0, 2), (9, 1), (1, 1)]),
            ("ستمطر غدا", &[(3, 2)]),
            ("السلام", &[(6, 2)]),
            ("مدرسه احمد", &[(8, 2)]),
            ("العميل الطلب", &[(0, 2), (2, 2)]),
        ],
    },
];

fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    let gains = (2_u32..).zip(grades.take(10)).map(|(rank, grade)| {
        let gain = f64::from(2_u32.pow(grade) - 1);
        gain / f64::from(rank).log2()
    });
    gains.sum()
}

/// The words of a question as the query language reads them.
fn asked(question: &str) -> Vec<Words> {
    let query = query::Query::parse(Entity::Trace, question, Timestamp::EPOCH).unwrap();
    let terms = match query {
        query::Query::And(parts) => parts,
        one => vec![one],
    };
    let words = terms.into_iter().map(|term| match term {
        query::Query::Term(query::Term { predicate: Predicate::Words(words), .. }) => words,
        other => panic!("{other:?} is no word"),
    });
    words.collect()
}

#[test]
fn what_is_looked_for_comes_first_in_each_language() {
    for golden in GOLDEN {
        let world = World::with((0..).zip(golden.documents).map(|(n, (name, output))| Texts {
            name: (*name).to_owned(),
            output: (*output).to_owned(),
            ..texts(n)
        }));
        let mut scores = Vec::new();
        for (question, grades) in golden.questions {
            let found = world.search(&asked(question));
            let grade = |found: &Uuid| {
                let document = (0..).zip(golden.documents).position(|(n, _)| id(n) == *found).unwrap();
                grades.iter().find(|(known, _)| *known == document).map_or(0, |(_, grade)| *grade)
            };
            let mut best: Vec<_> = grades.iter().map(|(_, grade)| *grade).collect();
            best.sort_unstable_by(|one, other| other.cmp(one));
            let score = gain(found.iter().map(grade)) / gain(best.into_iter());
            assert!(score > 0.7, "{}: {question}: {score} for {found:?}", golden.language);
            scores.push(score);
        }
        let mean = scores.iter().sum::<f64>() / f64::from(u32::try_from(scores.len()).unwrap());
        assert!(mean > 0.9, "{}: nDCG@10 is {mean}: {scores:?}", golden.language);
    }
}
