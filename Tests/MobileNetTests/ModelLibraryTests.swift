import Testing

@testable import MobileNet

@Suite struct ModelLibraryTests {
    @Test func foldersAreSearchedInOrder() throws {
        try withTemporaryFolder { first in
            try withTemporaryFolder { second in
                try Files.write(second + "/a.safetensors", [[]])
                try Files.write(second + "/b.safetensors", [[]])
                try Files.write(first + "/b.safetensors", [[]])
                try Files.write(first + "/notes.txt", [[]])
                let library = ModelLibrary(folders: [first, "/nowhere", second])
                #expect(try library.path(of: "a") == second + "/a.safetensors")
                #expect(try library.path(of: "b") == first + "/b.safetensors")
                #expect(library.list().map(\.name) == ["b", "a"])
                #expect(library.list().map(\.path) == [first + "/b.safetensors", second + "/a.safetensors"])
            }
        }
    }

    @Test func pathsAreTakenAsTheyAre() throws {
        let library = ModelLibrary(folders: ["/nowhere"])
        #expect(try library.path(of: "./a") == "./a")
        #expect(try library.path(of: "a.safetensors") == "a.safetensors")
    }

    @Test func aModelThatIsNotThereIsReportedWithThoseThatAre() throws {
        try withTemporaryFolder { folder in
            let library = ModelLibrary(folders: [folder])
            let none = #expect(throws: FileError.self) { try library.path(of: "x") }
            #expect(none?.description == "x: no such model in \(folder) (no models are there)")
            try Files.write(folder + "/a.safetensors", [[]])
            let one = #expect(throws: FileError.self) { try library.path(of: "x") }
            #expect(one?.description == "x: no such model in \(folder) (there are: a)")
        }
    }

    @Test func theEnvironmentComesBeforeTheCheckout() {
        let library = ModelLibrary.standard(variable: "/mine", checkout: "/src")
        #expect(library.folders == ["/mine", "/src/Models", "/var/lib/lookout/models", "/usr/share/lookout/models"])
        #expect(ModelLibrary.standard(variable: "", checkout: nil).folders.first == "/var/lib/lookout/models")
    }
}
