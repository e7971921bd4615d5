/* What the first bytes of an image file say of it. */
#include "jobs/image_probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct image_probe probe;

    if (image_probe(str_of((const char *)data, n), &probe) &&
        (probe.w < 1 || probe.h < 1 || probe.rotation < 1 || probe.rotation > 8 || probe.frames < 1))
        __builtin_trap();
    return 0;
}
