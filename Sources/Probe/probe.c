#include "probe.h"

alignas(8) static const unsigned char object[] = {
#embed "probe.bpf.o"
};

struct probe_object probe_object(void) {
    return (struct probe_object){.start = object, .octets = sizeof(object)};
}
