/** Embedded stores without a server: starts them, prints where they are, stops them when asked to. */
import "@/tests/support/stores-program";
