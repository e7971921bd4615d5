/* Libraries that few runs need, loaded when first needed: what a library brings along would cost each start time and
 * memory.
 *
 *   #define GD_FUNCTIONS(X) X(gdImageDestroy) X(gdImagePngPtrEx)
 *   LATE_LIBRARY(gd, "libgd.so.3", GD_FUNCTIONS)
 *
 * makes gd.gdImageDestroy(), of the type that the library's header declares, and bool gd_load(void): false when the
 * library or a function of it is missing.  It is called by one thread, before all use. */
#ifndef TAUT_BASE_LATE_H
#define TAUT_BASE_LATE_H

#include <dlfcn.h>
#include <stdbool.h>

#define LATE_POINTER(name) __typeof__(name) *name;
#define LATE_FOUND(name) &&(table->name = (__typeof__(name) *)dlsym(library, #name))

#define LATE_LIBRARY(table_name, file, FUNCTIONS)                                                                      \
    static struct {                                                                                                    \
        FUNCTIONS(LATE_POINTER)                                                                                        \
    } table_name;                                                                                                      \
                                                                                                                       \
    static bool table_name##_load(void)                                                                                \
    {                                                                                                                  \
        __typeof__(table_name) *table = &table_name;                                                                   \
        void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);                                                           \
                                                                                                                       \
        return library FUNCTIONS(LATE_FOUND);                                                                          \
    }

#endif
