// libbpf, as Debian's libbpf-dev has it, for Swift.
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
