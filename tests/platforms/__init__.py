"""Tests of the platforms against peers on real sockets."""
