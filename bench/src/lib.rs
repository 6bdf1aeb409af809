//! What is sent: the same traces for the same seed, on the wire of OTLP or of the Opik clients.
//! The program that sends and times them is `main`; the micro-benchmarks take them too.

pub mod traffic;
pub mod words;
