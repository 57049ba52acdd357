//! What the compiler says of a plugin that cannot be: each file in `refused/` is a mistake, and the `.stderr` beside it how it is
//! explained. `TRYBUILD=overwrite cargo test -p hatstand-plugin --test refused` writes the explanations anew.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
